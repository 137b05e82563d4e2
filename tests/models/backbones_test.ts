import { testBackbones } from "./backbone_suite.ts";

testBackbones(({ history }) => !history);
