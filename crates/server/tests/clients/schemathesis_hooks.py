"""What Schemathesis cannot know: our media types, what only a page can give, and where it must not post to."""

import json

import schemathesis


@schemathesis.deserializer("application/x-ndjson")
def read_lines(_context, response):
    return [json.loads(line) for line in response.content.splitlines() if line.strip()]


@schemathesis.serializer("application/x-ndjson")
def write_lines(_context, value):
    lines = value if isinstance(value, list) else [value]
    return "".join(json.dumps(line) + "\n" for line in lines).encode()


@schemathesis.deserializer("text/csv")
def read_text(_context, response):
    return response.text


@schemathesis.hook
def before_call(_context, case, _kwargs):
    # A cursor is what a page gave as `next`: one that was made up is refused, whatever its form.
    if case.query and "cursor" in case.query and case.meta and case.meta.generation.mode.is_positive:
        del case.query["cursor"]
    # What the server takes, it posts where it says. Ours goes to this machine, where nobody listens.
    post = case.body.get("http") if isinstance(case.body, dict) else None
    if isinstance(post, dict) and isinstance(post.get("url"), str) and "://" in post["url"]:
        post["url"] = "http://127.0.0.1:9/"
