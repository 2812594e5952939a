"""One request from arrival to answer: faults, the check, the budget, the act, and the record of it all."""

from sandbox.bot_api.checking import read_parameters
from sandbox.bot_api.description import METHODS
from sandbox.bot_api.lengths import check_lengths
from sandbox.bot_api.methods import DOERS, WAITING
from sandbox.bot_api.not_emulated import KNOWN
from sandbox.bot_api.reading import Request
from sandbox.bot_api.refusals import Cut, NotEmulated, Refusal, faulty
from sandbox.bot_api.shapes import Json, Result
from sandbox.bot_api.state import BotApi, Call

_BY_LOWER_CASE = {name.lower(): name for name in METHODS}


async def answer(api: BotApi, request: Request) -> Result:
    """Do what is asked and return the result; the call is recorded as it comes.

    Raises:
        Refusal: it is not done.
        Cut: the line is to be cut, whether it was done or not.
    """
    name = _BY_LOWER_CASE.get(request.method.lower(), request.method)
    call = Call(method=name, parameters=dict(request.parameters), at=api.now(), uploads=request.uploads)
    api.calls.append(call)
    chat = _chat_id(request.parameters)
    try:
        await api.faults.before(name, chat)
        result = await _do(api, name, request, call, chat)
        call.ok, call.code, call.result = True, 200, result
        api.faults.after(name, chat)
    except Refusal as refused:
        _record(api, call, refused)
        raise
    except Cut:
        call.lost = True
        raise
    return result


async def _do(api: BotApi, name: str, request: Request, call: Call, chat: int | None) -> Result:
    method = METHODS.get(name)
    if method is None:
        if name.lower() in KNOWN:
            raise NotEmulated(f"the method {name}")
        raise Refusal(404, "Not Found: method not found", faulty=True)
    raw = dict(request.parameters)
    raw |= {part: upload for part, upload in request.uploads.items() if part in method.parameters}
    call.parameters = raw
    call.parameters = read_parameters(method, raw)
    check_lengths(name, call.parameters)
    _check_attached(call)
    api.budgets.check(name, chat)
    checked = Request(name, call.parameters, request.uploads)
    result = await WAITING[name](api, checked) if name in WAITING else DOERS[name](api, checked)
    api.budgets.spend(name, chat, call.parameters)
    return result


def _check_attached(call: Call) -> None:
    """Raise a faulty Refusal when a file came that nothing in the request points at."""
    named = repr(call.parameters)
    for part in call.uploads:
        if part not in call.parameters and f"attach://{part}'" not in named:
            raise faulty(f"nothing points at the file sent as {part!r}")


def _record(api: BotApi, call: Call, refused: Refusal) -> None:
    call.code, call.description = refused.code, refused.description
    words = f"{call.method}: {refused.description}"
    if isinstance(refused, NotEmulated):
        api.not_emulated.append(words)
    elif refused.faulty:
        api.faulty_calls.append(words)


def _chat_id(parameters: Json) -> int | None:
    """Return the chat a request is about, None when it is about none or names it wrongly."""
    try:
        return int(parameters["chat_id"])
    except (KeyError, ValueError, TypeError):
        return None
