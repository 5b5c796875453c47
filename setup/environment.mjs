/**
 * The environment of child programs: variables on a list, and so no token or key of another program.
 *
 * Programs that act for the user with the user's rights get the whole environment: git, Pulumi, and Strata itself.
 */

/** User, folders, locale, Java, and Strata's own settings. */
const ANY =
  /^(PATH|HOME|USER|LOGNAME|SHELL|TERM|LANG|LANGUAGE|LC_[A-Z]+|TZ|TMPDIR|TMP|TEMP|XDG_[A-Z_]+|JAVA_HOME|JAVA_TOOL_OPTIONS|JDK_JAVA_OPTIONS|LD_LIBRARY_PATH|DYLD_[A-Z_]+|PYTHON(DONTWRITEBYTECODE|PYCACHEPREFIX|UNBUFFERED|UTF8|WARNINGS)|PYSPARK_SUBMIT_ARGS|SAIL_[A-Z_]+|RUST_LOG|STRATA_[A-Z_]+|PYENV_(ROOT|VERSION)|ASDF_(DIR|DATA_DIR|PYTHON_VERSION)|MISE_(DATA_DIR|PYTHON_VERSION)|SYSTEMROOT|COMSPEC|PATHEXT)$/i;

/** Access to the network: proxies and certificates. */
const NETWORK =
  /^(https?_proxy|all_proxy|no_proxy|SSL_CERT_(FILE|DIR)|REQUESTS_CA_BUNDLE|CURL_CA_BUNDLE|NODE_EXTRA_CA_CERTS)$/i;

/** Further variables of a tool. */
const OF_TOOL = {
  pip: /^(PIP_|UV_)/i,
  npm: /^npm_|^NODE_(OPTIONS|PATH)$/i,
  go: /^GO|^GIT_/i,
  aws: /^AWS_/i,
};

/**
 * The environment of a child: the common variables; with a tool's name also those of the network and of the tool.
 *
 * @param {"pip" | "npm" | "go" | "aws"} [tool]
 * @returns {NodeJS.ProcessEnv}
 */
export function environmentFor(tool) {
  const allowed = (name) => ANY.test(name) || (tool !== undefined && (NETWORK.test(name) || OF_TOOL[tool].test(name)));
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => allowed(name)));
}
