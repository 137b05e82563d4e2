/** Whether a test that needs Redis is left out: there is no server to start, and this is no CI, which must have one. */
export const WITHOUT_REDIS = Deno.env.get("CI") !== "true" && !hasServer();

function hasServer(): boolean {
  try {
    return new Deno.Command("redis-server", { args: ["--version"], stdout: "null", stderr: "null" }).outputSync()
      .success;
  } catch {
    return false;
  }
}

/** Uses a Redis server of its own, at a socket in `folder`. */
export async function withRedis(folder: string, use: (socket: string) => Promise<void>): Promise<void> {
  const socket = `${folder}/redis.sock`, args = ["--port", "0", "--unixsocket", socket, "--save", "", "--dir", folder];
  const server = new Deno.Command("redis-server", { args, stdout: "null", stderr: "inherit" }).spawn();
  try {
    for (const listening = () => Deno.stat(socket).then(() => true, () => false); !await listening();) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    await use(socket);
  } finally {
    server.kill("SIGTERM");
    await server.status;
  }
}
