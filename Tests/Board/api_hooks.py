# SPDX-License-Identifier: Apache-2.0
"""What schemathesis does not know of a hotel: which numbers and names exist.

In every other request they stand where it made one up; what an operation uses up is made first.
Each answer is noted in the file LINTEL_ANSWERS names, for test_api.py.
"""

import json
import os
import random
import time
import urllib.request

import schemathesis

URL, TOKEN, ANSWERS = (os.environ[f"LINTEL_{name}"] for name in ("URL", "TOKEN", "ANSWERS"))
STAY = int(os.environ["LINTEL_STAY"])
choice = random.Random(1)


def api(method, path, body=None):
    request = urllib.request.Request(
        f"{URL}/api/v1{path}", method=method,
        data=None if body is None else json.dumps(body).encode(),
        headers={"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.loads(answer.read() or b"null")


def one(path, name):
    """Something of this kind that is there."""
    return choice.choice(api("GET", f"{path}?limit=200")["items"])[name]


def stamp(seconds):
    """So many seconds from now."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + seconds))


def reference():
    return f"F{choice.getrandbits(60):x}"


def guest():
    return api("POST", "/guests", {"name": "Eva Lang", "language": "de", "address": ""})["guest"]


def stay(*steps):
    """A new stay that is due, with what its guest needs to check in, after these steps."""
    made = api("POST", "/stays", {
        "doors": ["301"], "from": stamp(-600), "to": stamp(86_400), "guest": guest(),
        "reference": reference()})["stay"]
    for condition in ("roomReady", "registered", "paid"):
        api("PUT", f"/stays/{made}/conditions/{condition}", {"met": True})
    for step in steps:
        api("PUT", f"/stays/{made}/{step}")
    return made


def preference(of):
    wish = {"kind": "drink", "wish": "Earl Grey", "sensitive": False}
    return api("POST", f"/guests/{of}/preferences", wish)["preference"]


def disputed():
    usage = one("/usage", "usage")
    api("PUT", f"/usage/{usage}/dispute", {"reason": f"objection {choice.getrandbits(60):x}"})
    return usage


def webhook():
    """One of those there are: a hotel has only so many."""
    there = api("GET", "/webhooks")["items"]
    made = {"url": "https://pms.example/lintel", "events": ["usage"]}
    return there[-1]["webhook"] if there else api("POST", "/webhooks", made)["webhook"]["webhook"]


def with_preference():
    number = guest()
    return {"guest": number, "preference": preference(number)}


# Those that were raised; the list has them until somebody acknowledges them.
ALARMS = [alarm["alarm"] for alarm in api("GET", "/alarms")["items"]]
# Of operations that change or use up what they name.
FRESH = {
    "eraseGuest": lambda: {"guest": guest()},
    "removePreference": with_preference,
    "checkIn": lambda: {"stay": stay()},
    "undoCheckIn": lambda: {"stay": stay("check-in")},
    "depart": lambda: {"stay": stay("check-in")},
    "undoDeparture": lambda: {"stay": stay("check-in", "departure")},
    "changeStay": lambda: {"stay": stay()},
    "issuePass": lambda: {"stay": stay()},
    "setConsent": lambda: {"stay": stay()},
    "revokePass": lambda: {"pass": api("POST", f"/stays/{stay()}/passes")["pass"]},
    "decideUsage": lambda: {"usage": disputed()},
    "removeWebhook": lambda: {"webhook": webhook()},
}
# Of all others.
KNOWN = {
    "guest": lambda: one("/guests", "guest"),
    "stay": lambda: one("/stays", "stay"),
    "arrival": lambda: one("/arrivals", "arrival"),
    "usage": lambda: one("/usage", "usage"),
    "alarm": lambda: choice.choice(ALARMS),
    "door": lambda: one("/doors", "door"),
}
# The guest's own app sees its own visits alone.
OWN = {"usage": lambda: choice.choice([
    visit["usage"] for visit in api("GET", "/usage?limit=200")["items"] if visit["stay"] == STAY])}


@schemathesis.hook
def before_call(context, case, kwargs):
    if not choice.getrandbits(1):
        return
    name = case.operation.definition.raw["operationId"]
    if name in FRESH:
        case.path_parameters.update(FRESH[name]())
        return
    known = KNOWN | (OWN if case.operation.path.startswith("/guest/") else {})
    for argument in case.path_parameters or {}:
        if argument in known:
            case.path_parameters[argument] = known[argument]()
    # A stay is booked for doors there are and a guest there is, or it is refused.
    if name == "addStay" and isinstance(case.body, dict):
        case.body.update({"doors": ["301"], "guest": guest(), "reference": reference(),
                          "from": stamp(0), "to": stamp(86_400)})
    if name == "importReservations" and case.media_type == "text/csv":
        case.body = ("reference,name,language,room,from,to\n"
                     f"{reference()},Eva Lang,de,301,{stamp(0)},{stamp(86_400)}\n")


@schemathesis.hook
def after_call(context, case, response):
    with open(ANSWERS, "a", encoding="utf-8") as file:
        file.write(f"{case.operation.definition.raw['operationId']} {response.status_code}\n")
