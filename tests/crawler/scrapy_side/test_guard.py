"""Only global addresses are connected to, and the one that was checked."""

import pytest
from twisted.internet.address import IPv4Address, IPv6Address

from crawler.scrapy_side.guard import REFUSED, GuardedResolver, is_global


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.9.9.9", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1",
        "0.0.0.0", "224.0.0.1", "240.0.0.1", "255.255.255.255", "192.0.2.1", "198.18.0.1", "::", "::1", "fe80::1",
        "fe80::1%eth0", "fc00::1", "ff02::1", "fec0::1", "2001:db8::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1",
        "2002:7f00:0001::", "64:ff9b::7f00:1", "64:ff9b::a00:1", "localhost", "", "::127.0.0.1", "64:ff9b:1::a00:1",
        "::ffff:0:127.0.0.1", "192.88.99.1", "3fff::1", "5f00::1",
    ],
)  # fmt: skip
def test_private_addresses_in_any_dress_are_not_global(address):
    assert is_global(address) is False


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "114.114.114.114", "2400:3200::1", "::ffff:8.8.8.8", "64:ff9b::808:808"]
)
def test_addresses_of_the_internet_are_global(address):
    assert is_global(address) is True


class Receiver:
    def __init__(self):
        self.addresses, self.complete = [], False

    def resolutionBegan(self, resolution):  # noqa: N802
        self.resolution = resolution

    def addressResolved(self, address):  # noqa: N802
        self.addresses.append(address)

    def resolutionComplete(self):  # noqa: N802
        self.complete = True


class Names:
    """A name server that gives other answers each time, as one that rebinds does."""

    def __init__(self, *answers):
        self.answers, self.asked = list(answers), []

    def resolveHostName(self, receiver, hostName, portNumber=0, *rest):  # noqa: ARG002, N802, N803
        self.asked.append(hostName)
        receiver.resolutionBegan(self)
        for address in self.answers.pop(0):
            receiver.addressResolved(IPv4Address("TCP", address, portNumber))
        receiver.resolutionComplete()


def resolve(resolver, host, port=80):
    receiver = Receiver()
    resolver.resolveHostName(receiver, host, port)
    assert receiver.complete
    return receiver.addresses


def test_a_name_gives_only_its_global_addresses():
    resolver = GuardedResolver(Names(["10.0.0.1", "8.8.8.8", "127.0.0.1"]), {})
    assert resolve(resolver, "mixed.test") == [IPv4Address("TCP", "8.8.8.8", 80)]


def test_a_name_is_checked_at_each_connection_so_rebinding_gains_nothing():
    names = Names(["8.8.8.8"], ["127.0.0.1"])
    resolver = GuardedResolver(names, {})
    assert resolve(resolver, "rebinds.test") == [IPv4Address("TCP", "8.8.8.8", 80)]
    assert resolve(resolver, "rebinds.test") == []
    assert names.asked == ["rebinds.test", "rebinds.test"]
    assert REFUSED.pop("rebinds.test") == "127.0.0.1"


def test_private_literals_are_refused_without_a_look_up():
    names = Names()
    resolver = GuardedResolver(names, {})
    for host in ("127.0.0.1", "::1", "[::1]", "169.254.169.254"):
        assert resolve(resolver, host) == []
    assert names.asked == []


def test_conf_gives_an_address_for_one_port_only():
    names = Names([])
    resolver = GuardedResolver(names, {"luntan.test:80": "127.0.0.1:5000", "[::1]:80": "[::1]:5001"})
    assert resolve(resolver, "luntan.test") == [IPv4Address("TCP", "127.0.0.1", 5000)]
    assert resolve(resolver, "::1") == [IPv6Address("TCP", "::1", 5001)]
    assert resolve(resolver, "::1", 81) == []
    assert resolve(resolver, "luntan.test", 8080) == []
    assert names.asked == ["luntan.test"]
