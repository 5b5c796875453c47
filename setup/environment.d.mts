/** The environment of a child: what any program may see; with a tool's name also ways to the network and that tool's own. */
export function environmentFor(tool?: "pip" | "npm" | "go" | "aws"): NodeJS.ProcessEnv;
