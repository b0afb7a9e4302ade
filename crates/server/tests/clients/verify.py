"""Verifies signed requests with PyPI's standardwebhooks: reads a JSON list of cases from standard input. Each case has
the expected error, or null if it must be accepted."""

import json
import sys

from standardwebhooks.webhooks import Webhook, WebhookVerificationError


def refused(case):
    try:
        Webhook(case["secret"]).verify(case["body"], case["headers"])
    except WebhookVerificationError as error:
        return str(error)
    return None


cases = json.load(sys.stdin)
assert cases, "there are no cases"
for case in cases:
    why, expected = refused(case), case["refused"]
    assert (why is None) == (expected is None) and (expected or "").lower() in (why or "").lower(), (case, why)
