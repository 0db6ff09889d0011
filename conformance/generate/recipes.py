"""Good and bad signatures as recipes that go with any request (SIG-20 to SIG-45)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from conformance.generate.base import accepted, refused
from conformance.generate.signing import ALL_HEADERS, GOOD, Signing
from conformance.generate.tamper import MALFORMED
from conformance.spec.names import JOBS, PIC_JOBS
from conformance.spec.signature import PARAMETERS
from conformance.spec.target import Target
from conformance.spec.wire import Expect, Request

OPERATIONS = ("create", "describe", "list", "cancel")

DAY = 86_400

#: How long ago a window ended at the least, in seconds: more than two clocks may be apart (RSP-04).
LATELY = 20 * 60

#: A header of no meaning, there to be signed.
PROBE = "X-Picjobs-Probe"


@dataclass(frozen=True, slots=True)
class Recipe:
    """One signature: how to make it, what it decides, and what the request needs for it.

    ``name`` is unique within an operation. ``headers`` and ``query`` (raw, without ``?``) are to
    be added to the request before it is signed: :meth:`apply` does that.
    """

    name: str
    signing: Signing
    expect: Expect
    headers: tuple[tuple[str, str], ...] = ()
    query: str = ""

    @property
    def note(self) -> str:
        return self.expect.note

    def apply(self, request: Request) -> Request:
        """``request`` with the headers and URL parameters that the recipe speaks of."""
        headers = request.headers
        for name, value in self.headers:
            headers = headers.set(name, value)
        target = request.target
        if self.query:
            target += ("&" if "?" in target else "?") + self.query
        return replace(request, headers=headers, target=target)


def signature_cases(target: Target, operation: str = "create") -> list[Recipe]:
    """Every recipe that suits ``operation`` (one of OPERATIONS) and the target's credentials.

    Those that ``expect`` acceptance need a request that is right in every other way.
    """
    if operation not in OPERATIONS:
        raise ValueError(f"{operation!r} is none of the operations {', '.join(OPERATIONS)}")
    recipes = [*_good(operation), *_bad_form(), *_bad_keys(), *_bad_times()]
    recipes += [*_bad_subject(operation, target), *_bad_signatures(operation)]
    if operation == "list":
        recipes += [*_good_params(), *_bad_params(), *_bad_in_url()]
    if operation == "cancel":
        note = "cancel was signed with a value, and is sent without"
        recipes.append(
            _bad("SIG-39", "cancel-changed", note, _spoilt("sign-other-param", "cancel"))
        )
        note = "cancel was signed without a value, and is sent with one"
        recipes.append(_bad("SIG-39", "cancel-sent", note, _spoilt("send-other-param", "cancel=1")))
    if target.has_temporary:
        recipes += _temporary()
        if operation == "create":
            recipes += _temporary_times()
    return recipes


def _bad(
    clause: str,
    slug: str,
    note: str,
    signing: Signing,
    *,
    codes: tuple[str, ...] = (),
    statuses: tuple[int, ...] = (),
    query: str = "",
) -> Recipe:
    expect = replace(refused(clause, codes=codes, note=note), statuses=statuses)
    return Recipe(f"{clause}/{slug}", signing, expect, query=query)


def _spoilt(tamper: str, at: str = "", *, base: Signing = GOOD) -> Signing:
    return replace(base, tamper=tamper, at=at)


# ---- good: SIG-20 to SIG-26 ----


def _good(operation: str) -> Iterator[Recipe]:
    yield Recipe("SIG-20/host", GOOD, accepted("SIG-20", note="the host is signed"))
    note = "the seven parameters in another order"
    yield Recipe("SIG-20/reordered", _spoilt("reorder"), accepted("SIG-20", note=note))
    everything = replace(GOOD, headers=ALL_HEADERS)
    yield Recipe("SIG-21/every-header", everything, accepted("SIG-21", note="all headers signed"))
    note = "all headers signed, one of them unknown to the page"
    expect = accepted("SIG-21", note=note)
    yield Recipe("SIG-21/extra-header", everything, expect, ((PROBE, "probe"),))
    nothing = replace(GOOD, headers=(), params=())
    yield Recipe("SIG-22/empty-lists", nothing, accepted("SIG-22", note="nothing is signed"))
    in_url = replace(GOOD, carrier="url")
    yield Recipe("SIG-24/url", in_url, accepted("SIG-24", note="the signature is in the URL"))
    signed = replace(GOOD, headers=("host", PROBE.lower()))
    for slug, value in _HEADER_VALUES.items():
        note = f"a signed header value with {slug.replace('-', ' ')}"
        yield Recipe(f"SIG-25/{slug}", signed, accepted("SIG-25", note=note), ((PROBE, value),))
    if operation in ("list", "cancel"):
        note = "every URL parameter signed"
        if operation == "cancel":
            note = "a URL parameter without value, signed as empty"
        yield Recipe("SIG-23/signed", GOOD, accepted("SIG-23", note=note))


#: Header values are latin-1 text of the bytes sent; here those bytes are UTF-8 (E29).
_HEADER_VALUES = {
    "spaces": "a value of words",
    "equals": "a=b==",
    "quotes": "uin=\"100000000011\", 'x'",
    "reserved": "a/b?c#d&e;f:g@h+i,j$k!l*m(n)",
    "percent": "100%25",
    "unreserved": "a-b_c.d~e",
    "non-ascii": "caf\u00e9 \u56fe".encode().decode("latin-1"),
}


def _good_params() -> Iterator[Recipe]:
    """SIG-23 on list, whose parameters take text: values that need UrlEncoding."""
    for slug, query in {
        "encoded": "inputObject=input%2Fa%20b%2Bc%26d%3De%25.jpg",
        "unreserved": "inputObject=input-a_b.c~d",
        "marks": "inputObject=a%21b%27c%28d%29e%2A.jpg",
        "non-ascii": "inputObject=%E5%9B%BE%F0%9F%A6%8C.jpg",
        "lower-case-hex": "inputObject=a%2fb%e5%9b%be.jpg",
        "not-encoded": "states=Success,Failed&inputObject=input/deer:1.jpg",
        "time": "startCreationTime=2001-01-01T00%3A00%3A00%2B0800",
        "several": "size=10&orderByTime=Asc&inputObject=input%2Fdeer.jpg",
    }.items():
        note = f"signed URL parameters, {slug.replace('-', ' ')}"
        yield Recipe(f"SIG-23/{slug}", GOOD, accepted("SIG-23", note=note), query=query)
    note = "the signature is in the URL beside other parameters"
    in_url = replace(GOOD, carrier="url")
    query = "inputObject=a%20b%2Bc"
    yield Recipe("SIG-24/url-with-params", in_url, accepted("SIG-24", note=note), query=query)


def _temporary() -> Iterator[Recipe]:
    keys = replace(GOOD, who="temporary")
    note = "temporary credentials with their token"
    yield Recipe("SIG-26/ci-token", keys, accepted("SIG-26", note=note))
    signed = replace(keys, headers=ALL_HEADERS)
    note = "temporary credentials, the token signed"
    yield Recipe("SIG-26/ci-token-signed", signed, accepted("SIG-26", note=note))
    note = "temporary credentials, the token under its other name (E8)"
    other_name = replace(keys, token_header="x-cos-security-token")  # noqa: S106 - a header's name
    either_is_right = replace(accepted("SIG-26", note=note), should=True)
    yield Recipe("SIG-26/cos-token", other_name, either_is_right)
    note = "temporary credentials, signature and token in the URL"
    in_url = replace(keys, carrier="url")
    yield Recipe("SIG-24/url-temporary", in_url, accepted("SIG-24", note=note))
    note = "temporary credentials without their token"
    yield _bad("SIG-44", "no-token", note, _spoilt("no-token", base=keys))
    bare = replace(in_url, params=())
    note = "temporary credentials, the signature in the URL and no token"
    signing = _spoilt("drop-param", bare.token_header, base=bare)
    yield _bad("SIG-44", "no-token-url", note, signing)
    note = "temporary credentials, the signature in the URL and another token"
    signing = _spoilt("send-other-param", f"{bare.token_header}=another", base=bare)
    yield _bad("SIG-44", "other-token-url", note, signing)
    note = "temporary credentials, the last character of the token changed"
    yield _bad("SIG-44", "touched-token", note, _spoilt("touched-token", base=keys))
    for slug, what in (("longer", "and something after it"), ("shorter", "less its last half")):
        note = f"temporary credentials with their token {what}"
        yield _bad("SIG-44", f"{slug}-token", note, _spoilt(f"{slug}-token", base=keys))
    note = "temporary credentials with another token"
    yield _bad("SIG-44", "other-token", note, _spoilt("other-token", base=keys))
    note = "temporary credentials with a token of no characters"
    yield _bad("SIG-44", "empty-token", note, _spoilt("empty-token", base=keys))
    note = "temporary credentials, made with another SecretKey"
    signing = _spoilt("other-key", base=keys)
    yield _bad("SIG-33", "other-key-temporary", note, signing, statuses=(401, 403))


def _temporary_times() -> Iterator[Recipe]:
    """SIG-35, SIG-36 once more: a token has a time of its own, which is not the window's."""
    codes = ("SignatureExpired", "AccessDenied")
    ended = replace(GOOD, who="temporary", window=(-7200, -3600))
    note = "temporary credentials, a window that ended an hour ago"
    yield _bad("SIG-35", "an-hour-ago-temporary", note, ended, codes=codes)
    ahead = replace(GOOD, who="temporary", window=(3600, 7200))
    note = "temporary credentials, a window that begins in an hour"
    yield _bad("SIG-36", "in-an-hour-temporary", note, ahead)


# ---- bad: SIG-30 to SIG-45 ----


def _bad_form() -> Iterator[Recipe]:
    """SIG-30 to SIG-32, SIG-37."""
    codes = ("MissingAuthorization", "AccessDenied")
    unsigned = replace(GOOD, who="none")
    yield _bad("SIG-30", "no-signature", "no Authorization", unsigned, codes=codes)
    codes = ("InvalidAuthorization", "AccessDenied")
    for slug in MALFORMED:
        allowed = (*codes, "MissingAuthorization") if slug == "empty" else codes
        note = f"Authorization is not of the form: {slug}"
        yield _bad("SIG-31", slug, note, _spoilt("malformed", slug), codes=allowed)
    note = "the parameters are joined by commas"
    yield _bad("SIG-31", "comma-joined", note, _spoilt("comma-joined"), codes=codes)
    note = "Authorization ends after half of its parameters"
    yield _bad("SIG-32", "second-half", note, _spoilt("halved"))
    for name in PARAMETERS:
        yield _bad("SIG-32", name, f"{name} is missing", _spoilt("drop", name))
    bare = replace(GOOD, headers=(), params=())
    for name in ("q-header-list", "q-url-param-list"):
        note = f"{name} is missing, nothing was to be in it"
        yield _bad("SIG-32", f"{name}-empty", note, _spoilt("drop", name, base=bare))
    note = "SHA1, in another letter case than the documented name"
    shouted = _bad("SIG-37", "letter-case", note, _spoilt("rename-algorithm", "SHA1"))
    yield replace(shouted, expect=replace(shouted.expect, should=True))
    note = "q-sign-algorithm has no value"
    yield _bad("SIG-37", "empty", note, _spoilt("rename-algorithm", ""))
    for name in ("sha256", "md5"):
        for slug, tamper, what in (
            ("name", "rename-algorithm", "named after signing"),
            ("label", "algorithm-label", "named in the string to sign too"),
            ("hashes", "algorithm", "used throughout"),
        ):
            yield _bad("SIG-37", f"{name}-{slug}", f"{name}, {what}", _spoilt(tamper, name))


def _bad_keys() -> Iterator[Recipe]:
    """SIG-33, SIG-34."""
    in_url = replace(GOOD, carrier="url")
    for slug, base in (("header", GOOD), ("url", in_url)):
        note = "made with another SecretKey"
        signing = _spoilt("other-key", base=base)
        yield _bad("SIG-33", f"other-key-{slug}", note, signing, statuses=(401, 403))
    note = "made with a SecretKey of no characters"
    yield _bad("SIG-33", "empty-key", note, _spoilt("empty-key"), statuses=(401, 403))
    # A server that wants something signed (SIG-22) refuses it for that, with a status of its own.
    note = "made with another SecretKey, neither header nor parameter signed"
    bare = replace(GOOD, headers=(), params=())
    yield _bad("SIG-33", "other-key-bare", note, _spoilt("other-key", base=bare))
    codes = ("SecretidNotExist", "AccessDenied")
    yield _bad("SIG-34", "unknown-id", "an unknown q-ak", _spoilt("unknown-id"), codes=codes)
    note = "q-ak in another letter case"
    yield _bad("SIG-34", "letter-case", note, _spoilt("other-case-id"), codes=codes)


def _bad_times() -> Iterator[Recipe]:
    """SIG-35, SIG-36, SIG-43, SIG-45."""
    codes = ("SignatureExpired", "AccessDenied")
    ended = replace(GOOD, window=(-7200, -3600))
    yield _bad("SIG-35", "an-hour-ago", "a window that ended an hour ago", ended, codes=codes)
    url = replace(ended, carrier="url")
    in_url = (*codes, "MissingAuthorization")  # where the URL is not looked at (SIG-24)
    yield _bad("SIG-35", "an-hour-ago-url", "an ended window, in the URL", url, codes=in_url)
    lately = replace(GOOD, window=(-7200, -LATELY))
    note = "a window that ended twenty minutes ago"
    yield _bad("SIG-35", "twenty-minutes-ago", note, lately, codes=codes)
    long_ago = replace(GOOD, window=(-30 * DAY, -3600))
    note = "a window of a month that ended an hour ago"
    yield _bad("SIG-35", "a-month-long", note, long_ago, codes=codes)
    ahead = replace(GOOD, window=(3600, 7200))
    yield _bad("SIG-36", "in-an-hour", "a window that begins in an hour", ahead)
    long_ahead = replace(GOOD, window=(3600, 365 * DAY))
    note = "a window of a year that begins in an hour"
    yield _bad("SIG-36", "a-year-long", note, long_ahead)
    note = "q-key-time made longer after signing"
    yield _bad("SIG-43", "key-time", note, _spoilt("stretch-key-time", "86400"))
    note = "both times made longer after signing"
    yield _bad("SIG-43", "both-times", note, _spoilt("stretch-both", "86400"))
    note = "an ended window made longer after signing"
    yield _bad("SIG-43", "revived", note, _spoilt("stretch-both", "7200", base=ended))
    for string in ("sign", "key"):
        for tamper, what in (
            ("sign-time-ended", "q-sign-time has ended, q-key-time has not"),
            ("key-time-ended", "q-key-time has ended, q-sign-time has not"),
        ):
            note = f"{what}; q-{string}-time is in the string to sign"
            yield _bad("SIG-45", f"{tamper}-{string}", note, _spoilt(tamper, string))


def _bad_in_url() -> Iterator[Recipe]:
    """SIG-32, SIG-34, SIG-42 with the signature in the URL.

    A server that takes none there (SIG-24) refuses every one of them, with a code of its own.
    """
    in_url = replace(GOOD, carrier="url")
    for name in PARAMETERS:
        note = f"{name} is missing, in the URL"
        yield _bad("SIG-32", f"{name}-url", note, _spoilt("drop", name, base=in_url))
    note = "an unknown q-ak, in the URL"
    yield _bad("SIG-34", "unknown-id-url", note, _spoilt("unknown-id", base=in_url))
    note = "the signature in upper case, in the URL"
    shouted = _bad("SIG-42", "upper-case-url", note, _spoilt("upper", base=in_url))
    yield replace(shouted, expect=replace(shouted.expect, should=True))


def _bad_subject(operation: str, target: Target) -> Iterator[Recipe]:
    """SIG-38, SIG-40, SIG-41: the signature speaks of another request."""
    headers = ["host", "date", PROBE]
    if operation == "create":
        headers += ["content-type", "content-length"]
    for name in headers:
        note = f"signed over another value of {name.lower()}"
        yield _changed("SIG-38", f"{name.lower()}-changed", note, "sign-other-header", name)
    if operation == "create":
        note = "signed over another value of one among many headers"
        every = _changed("SIG-38", "one-of-many", note, "sign-other-header", PROBE)
        yield replace(every, signing=replace(every.signing, headers=ALL_HEADERS))
    yield from _otherwise_sent(operation, target)
    for name in ("date", PROBE):
        note = f"{name.lower()} was signed, and is not sent"
        yield _changed("SIG-38", f"{name.lower()}-removed", note, "drop-header", name)
    method = {"create": "put", "describe": "post", "list": "post", "cancel": "get"}[operation]
    yield _bad("SIG-40", "method", f"signed as {method}", _spoilt("sign-method", method))
    path = {"create": "/pic_job", "cancel": f"{JOBS}/x"}.get(operation, f"{PIC_JOBS}/x")
    others = [("path", path), ("root", "/"), ("encoded-path", "/pic%5Fjobs")]
    if operation in ("create", "list"):
        others += [("upper-case-path", PIC_JOBS.upper()), ("slash-path", f"{PIC_JOBS}/")]
    else:
        others.append(("first-part", JOBS if operation == "cancel" else PIC_JOBS))
    for slug, other in others:
        yield _bad("SIG-40", slug, f"signed for {other}", _spoilt("sign-path", other))
    absent = "x-picjobs-absent"
    note = "q-header-list names, after signing, a header that is not sent"
    yield _bad("SIG-41", "listed", note, _spoilt("list-header", absent))
    note = "a header that is not sent is signed as empty"
    yield _bad("SIG-41", "signed-as-empty", note, _spoilt("sign-absent-header", absent))


def _otherwise_sent(operation: str, target: Target) -> Iterator[Recipe]:
    """Headers that were signed right and are sent otherwise.

    A server that signs what it expects, and not what it received, takes them.
    """
    other = f"Host=other-{target.host}"
    note = "the host was signed, and another host is sent"
    yield _bad("SIG-38", "host-sent", note, _spoilt("send-other-header", other))
    if operation != "create":
        return
    typed = replace(GOOD, headers=("host", "content-type"))
    note = "content-type was signed without the parameter that it is sent with"
    value = "Content-Type=application/xml; charset=utf-8"
    yield _bad("SIG-38", "type-sent", note, _spoilt("send-other-header", value, base=typed))
    counted = replace(GOOD, headers=("host", "content-length"))
    note = "content-length was signed without the zero that it is sent with"
    yield _bad("SIG-38", "length-padded", note, _spoilt("pad-length", base=counted))


def _changed(clause: str, slug: str, note: str, tamper: str, name: str) -> Recipe:
    signing = replace(GOOD, headers=("host", name.lower()), tamper=tamper, at=name.lower())
    extra = ((PROBE, "probe"),) if name == PROBE else ()
    return Recipe(f"{clause}/{slug}", signing, refused(clause, note=note), extra)


#: What is signed otherwise than it is sent, and what the request needs for it.
_SIGNED_PARAMS = {"queueId": "", "tag": "", "size": "size=10", "states": "states=Success"}


def _bad_params() -> Iterator[Recipe]:
    """SIG-39, on list."""
    for name, query in _SIGNED_PARAMS.items():
        signing = _spoilt("sign-other-param", name)
        yield _bad("SIG-39", f"{name}-changed", f"signed over another {name}", signing, query=query)
    note = "size was signed with another value than is sent"
    signing = _spoilt("send-other-param", "size=20")
    yield _bad("SIG-39", "size-sent", note, signing, query="size=10")
    only_some = replace(GOOD, params=("queueId", "tag"))
    note = "size added to q-url-param-list after signing"
    signing = _spoilt("list-param", "size", base=only_some)
    yield _bad("SIG-39", "size-listed", note, signing, query="size=10")
    note = "size taken off q-url-param-list after signing"
    signing = _spoilt("unlist-param", "size")
    yield _bad("SIG-39", "size-unlisted", note, signing, query="size=10")
    note = "size was signed, and is not sent"
    signing = _spoilt("drop-param", "size")
    yield _bad("SIG-39", "size-dropped", note, signing, query="size=10")
    note = "q-url-param-list names a parameter that is not sent"
    yield _bad("SIG-39", "absent-listed", note, _spoilt("list-param", "size"))
    note = "a parameter that is not sent is signed as empty"
    yield _bad("SIG-39", "absent-signed", note, _spoilt("sign-absent-param", "size"))


def _bad_signatures(operation: str) -> Iterator[Recipe]:
    """SIG-42: every digit on create, a few on the others."""
    places = range(40) if operation == "create" else (0, 20, 39)
    for place in places:
        note = f"hex digit {place + 1} of the signature changed"
        yield _bad("SIG-42", f"digit-{place:02}", note, _spoilt("digit", str(place)))
    in_url = replace(GOOD, carrier="url")
    note = "the first hex digit changed, in the URL"
    yield _bad("SIG-42", "digit-00-url", note, _spoilt("digit", "0", base=in_url))
    for kept in (39, 20, 8, 0):
        note = f"the signature cut to {kept} digits"
        yield _bad("SIG-42", f"truncated-{kept}", note, _spoilt("truncate", str(kept)))
    note = "a digit appended to the signature"
    yield _bad("SIG-42", "appended", note, _spoilt("append", "0"))
    note = "the signature in upper case"
    shouted = _bad("SIG-42", "upper-case", note, _spoilt("upper"))
    yield replace(shouted, expect=replace(shouted.expect, should=True))
