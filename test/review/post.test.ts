/** Posting: one comment however often, the right one of many, and no secret in what goes wrong. Against a fake GitHub. */

import { assert } from "chai";
import { MARKER } from "../../review/comment.ts";
import { GitHubError } from "../../review/github.ts";
import { postComment } from "../../review/post.ts";
import { pullRequestOf } from "../../review/pull-request.ts";
import { BOT, type FakeGitHub, startFakeGitHub, TOKEN } from "./fake-github.ts";

describe("posting the comment", () => {
  let fake: FakeGitHub;
  beforeEach(async () => {
    fake = await startFakeGitHub();
  });
  afterEach(() => fake.close());

  const options = () => ({ api: fake.api, repository: "acme/shop", token: TOKEN, delay: 1 });
  const other = (id: number, body = "nice", login = "octocat") => ({ id, body, user: { login } });
  const failure = async (work: Promise<unknown>) => {
    const problem = await work.then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    assert.instanceOf(problem, GitHubError);
    assert.notInclude(`${problem.message}${problem.stack}${JSON.stringify(problem)}`, TOKEN);
    return problem;
  };

  it("creates it once and updates it from then on", async () => {
    assert.equal(await postComment(options(), 7, `${MARKER}\nfirst`), "created");
    assert.equal(await postComment(options(), 7, `${MARKER}\nsecond`), "updated");
    assert.deepEqual(
      fake.comments.map(({ body }) => body),
      [`${MARKER}\nsecond`],
    );
  });

  it("finds it on a later page", async () => {
    fake.comments.push(...Array.from({ length: 230 }, (_, id) => other(id + 1)), other(500, `${MARKER}\nold`, BOT));
    assert.equal(await postComment(options(), 7, `${MARKER}\nnew`), "updated");
    assert.equal(fake.comments.find(({ id }) => id === 500)?.body, `${MARKER}\nnew`);
    assert.lengthOf(fake.comments, 231);
    assert.lengthOf(
      fake.requests.filter((each) => each.startsWith("GET")),
      3,
    );
  });

  it("never changes another author's comment, though it has the marker, nor one that only quotes it", async () => {
    fake.comments.push(other(1, `${MARKER}\nmine now`), other(2, `> ${MARKER}`, BOT));
    assert.equal(await postComment(options(), 7, `${MARKER}\nours`), "created");
    assert.equal(fake.comments[0]?.body, `${MARKER}\nmine now`);
  });

  it("tries again where the server failed, and gives up after four tries", async () => {
    fake.failures.push(502, 503);
    assert.equal(await postComment(options(), 7, MARKER), "created");
    fake.failures.push(500, 500, 500, 500);
    assert.equal((await failure(postComment(options(), 7, MARKER))).status, 500);
  });

  it("does not try again what was refused, and says what it asked for", async () => {
    fake.failures.push(403);
    const { message, status } = await failure(postComment(options(), 7, MARKER));
    assert.equal(status, 403);
    assert.equal(message, "GET /issues/7/comments: GitHub returned 403: the fake is set to fail");
    assert.lengthOf(fake.requests, 1);
    assert.equal((await failure(postComment({ ...options(), token: "wrong" }, 7, MARKER))).status, 401);
  });

  it("says that no server answers", async () => {
    await fake.close();
    assert.match((await failure(postComment(options(), 7, MARKER))).message, /^GET \/issues\/7\/comments: /);
  });

  it("refuses an invalid number", async () => {
    for (const number of [0, -1, 1.5, Number.NaN]) await failure(postComment(options(), number, MARKER));
    assert.isEmpty(fake.requests);
  });

  it("finds the pull request by the branch and commit of the run, a fork's, too", async () => {
    const head = { sha: "a".repeat(40), label: "fork:fix/a b&c" };
    fake.pulls.push({ number: 6, head: { ...head, sha: "b".repeat(40) } }, { number: 7, head });
    const run = { owner: "fork", branch: "fix/a b&c", commit: head.sha };
    assert.equal(await pullRequestOf(options(), run), 7);
    assert.isUndefined(await pullRequestOf(options(), { ...run, commit: "c".repeat(40) }), "moved on");
    assert.isUndefined(await pullRequestOf(options(), { ...run, owner: "acme" }), "another's branch of that name");
  });
});
