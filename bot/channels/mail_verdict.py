"""Who vouches for a mail's sender: the verdict of the one host, or the one Microsoft 365 tenant, that we trust.

Sources: RFC 8601 (Authentication-Results), RFC 7489 (DMARC); Microsoft's own form of that header, which names no
host, and its mark of mail that was written inside the tenant.
"""

import re
from collections.abc import Sequence

from bot.channels.mail_head import Headers, read_addresses, same_host, without_comments

_METHOD = re.compile(r"\s*(dmarc|compauth)\s*(?:/\s*\d+\s*)?=\s*(\w+)", re.IGNORECASE)
_HEADER_FROM = re.compile(r"\bheader\.from\s*=\s*\"?([^\s;\"]+)", re.IGNORECASE)
_SOLE = re.compile(r"[^<>,;]*<[^<>,;]*>\s*|[^<>,;\s]+")
_LIMIT = 20_000


def read_verdict(headers: Headers, from_addr: str, trusted_host: str, *, tenant: bool = False) -> str:
    """Return the DMARC verdict on the sender by whom we trust: ``pass``, ``fail`` or ``none``.

    Only the topmost Authentication-Results header counts, for what stands below may be forged, and only if the
    trusted host signed it. A pass holds only for a From header with exactly one mailbox, `from_addr`, of the judged
    domain. ARC headers are not looked at.

    Args:
        headers: as `bot.channels.mail_head` says.
        from_addr: the writer as it was read from the mail.
        trusted_host: its authserv-id; empty if there is none.
        tenant: the mail was read from a mailbox of the municipality's own Microsoft 365 tenant. Then Exchange's
            form without an authserv-id counts too (``compauth=fail`` is a failure), and mail that Exchange marks as
            written inside the tenant passes where no verdict says otherwise. Elsewhere both mean nothing.
    """
    verdict, domains = _host_verdict(headers.get("authentication-results", ()), trusted_host, tenant)
    if verdict == "none" and tenant and _written_inside(headers):
        verdict, domains = "pass", {_ascii(from_addr.rpartition("@")[2])}
    if verdict != "pass":
        return verdict
    return "pass" if _is_sole_sender(headers.get("from", ()), from_addr, domains) else "none"


def _host_verdict(results: Sequence[str], trusted_host: str, tenant: bool) -> tuple[str, set[str]]:
    """Return the verdict of the topmost header and the domains it judged."""
    if not results or not (trusted_host or tenant):
        return "none", set()
    parts = without_comments(results[0][:_LIMIT], keep_words=True).split(";")
    signer = next(iter(parts[0].split()), "").strip('"')
    if trusted_host and same_host(signer, trusted_host):
        parts = parts[1:]
    elif not tenant or "=" not in parts[0]:
        return "none", set()
    methods = [(found[1].lower(), found[2].lower(), part) for part in parts if (found := _METHOD.match(part))]
    dmarc = [(result, part) for method, result, part in methods if method == "dmarc"]
    together = [result for method, result, _ in methods if method == "compauth" and tenant]
    if "fail" in together or any(result == "fail" for result, _ in dmarc):
        return "fail", set()
    if not dmarc or any(result != "pass" for result, _ in dmarc):
        return "none", set()
    return "pass", {_ascii(name.rpartition("@")[2]) for _, part in dmarc for name in _HEADER_FROM.findall(part)}


def _written_inside(headers: Headers) -> bool:
    """Whether Exchange says a mailbox of its own organisation wrote this; it removes such marks from outside mail."""
    marks = headers.get("x-ms-exchange-organization-authas", ())
    return len(marks) == 1 and marks[0].strip().lower() == "internal"


def _is_sole_sender(values: Sequence[str], from_addr: str, domains: set[str]) -> bool:
    if len(values) != 1 or len(values[0]) > _LIMIT:
        return False
    plain = without_comments(values[0]).strip()
    read = [address.lower() for _, address in read_addresses(values[0])]
    if not _SOLE.fullmatch(plain) or read != [from_addr.lower()]:
        return False
    # Where the host does not say which domain it judged, there must be no second one to choose from.
    return domains == {_ascii(from_addr.rpartition("@")[2])} if domains else plain.count("@") == 1


def _ascii(domain: str) -> str:
    """Return a domain in lower case, in punycode where it can be, so that both spellings are one."""
    plain = domain.strip(". ").lower()
    try:
        return plain if plain.isascii() else plain[:253].encode("idna").decode("ascii")
    except UnicodeError:
        return plain
