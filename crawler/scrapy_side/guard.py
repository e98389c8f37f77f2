"""Let connections go to global addresses only; the address that was checked is the one connected to."""

import ipaddress
from collections.abc import Mapping, Sequence
from typing import Any

from twisted.internet.address import IPv4Address, IPv6Address
from twisted.internet.interfaces import IAddress, IHostnameResolver, IHostResolution, IResolutionReceiver
from zope.interface import implementer

_GLOBAL_UNICAST = ipaddress.ip_network("2000::/3")
"""All that IANA has given out for use; other prefixes hold IPv4 addresses in disguise, or nothing."""
_DOCUMENTATION = ipaddress.ip_network("3fff::/20")
_RELAYS = ipaddress.ip_network("192.88.99.0/24")
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
REFUSED: dict[str, str] = {}
"""Host names whose addresses were refused, with one of these; asked by whoever explains the failure."""


def is_global(text: str) -> bool:
    """Whether an IP address is of the public internet; an IPv4 address inside an IPv6 one counts as itself.

    Not: private, loopback, link-local (cloud metadata services too), shared, multicast, documentation, unspecified
    (IANA's special-purpose registries, as Python's ipaddress knows them).
    """
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return False
    if isinstance(address, ipaddress.IPv4Address):
        return address not in _RELAYS and address.is_global and not address.is_multicast
    if (inner := _inner(address)) is not None:
        return is_global(str(inner))
    listed = address in _GLOBAL_UNICAST and address not in _DOCUMENTATION
    return listed and address.is_global and not address.is_multicast


def _inner(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """The IPv4 address that an IPv6 one stands for, if it does."""
    inner = address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)
    if inner is None and address in _NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return inner


class _Resolution:
    """What a receiver is told to cancel; a look-up cannot be."""

    def __init__(self, name: str) -> None:
        self.name = name

    def cancel(self) -> None:
        return None


class _Checked:
    """Hands on the addresses that are global."""

    def __init__(self, receiver: Any, host: str) -> None:
        self.receiver, self.host, self.passed, self.refused = receiver, host, 0, ""

    def resolutionBegan(self, resolution: IHostResolution) -> None:  # noqa: N802 (Twisted's names)
        self.receiver.resolutionBegan(resolution)

    def addressResolved(self, address: Any) -> None:  # noqa: N802
        if is_global(address.host):
            self.passed += 1
            self.receiver.addressResolved(address)
        else:
            self.refused = str(address.host)

    def resolutionComplete(self) -> None:  # noqa: N802
        if self.refused and not self.passed:
            REFUSED[self.host] = self.refused
        self.receiver.resolutionComplete()


@implementer(IHostnameResolver)
class GuardedResolver:
    """Resolves names for every connection of the reactor. Addresses of conf (`crawl.addresses`) are given without a
    look-up; all others are looked up at each connection, and only global ones are connected to: what was checked is
    what the socket gets, so a name that changes its address in between (DNS rebinding) gains nothing."""

    def __init__(self, inner: Any, addresses: Mapping[str, str]) -> None:
        self.inner, self.addresses = inner, addresses

    @classmethod
    def from_crawler(cls, crawler: Any, reactor: Any) -> "GuardedResolver":
        resolver = cls(reactor.nameResolver, crawler.settings.getdict("WENYUAN_ADDRESSES"))
        resolver.reactor = reactor
        return resolver

    reactor: Any = None

    def install_on_reactor(self) -> None:
        self.reactor.installNameResolver(self)

    def resolveHostName(  # noqa: N802
        self,
        resolutionReceiver: IResolutionReceiver,  # noqa: N803
        hostName: str,  # noqa: N803
        portNumber: int = 0,  # noqa: N803
        addressTypes: Sequence[type[IAddress]] | None = None,  # noqa: N803
        transportSemantics: str = "TCP",  # noqa: N803
    ) -> Any:
        receiver: Any = resolutionReceiver
        host = hostName.strip("[]")
        name = f"[{host}]" if ":" in host else host
        given = self.addresses.get(f"{name}:{portNumber}")
        literal = _literal(host)
        if given is None and literal is None:
            return self.inner.resolveHostName(
                _Checked(receiver, host), hostName, portNumber, addressTypes, transportSemantics
            )
        resolution = _Resolution(hostName)
        receiver.resolutionBegan(resolution)
        if given is not None:
            address, _, port = given.rpartition(":")
            receiver.addressResolved(_address(address.strip("[]"), int(port)))
        elif literal is not None and is_global(literal):
            receiver.addressResolved(_address(literal, portNumber))
        else:
            REFUSED[host] = literal or host
        receiver.resolutionComplete()
        return resolution


def _literal(host: str) -> str | None:
    try:
        return str(ipaddress.ip_address(host))
    except ValueError:
        return None


def _address(host: str, port: int) -> IPv4Address | IPv6Address:
    return IPv6Address("TCP", host, port) if ":" in host else IPv4Address("TCP", host, port)
