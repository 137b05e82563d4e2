import { testBackbones } from "./backbone_suite.ts";

// a file of its own, for files run beside each other
testBackbones(({ history }) => history !== undefined);
