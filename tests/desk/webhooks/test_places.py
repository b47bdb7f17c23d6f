"""A URL means one place, or is refused for a reason that is said."""

import ipaddress
import socket

import pytest

from xiaowei.desk.openings import Opening, Openings
from xiaowei.desk.webhooks.addresses import refusal
from xiaowei.desk.webhooks.places import WebhookUrlError, check_place, place_of

SHUT = Openings()
WIDE = Openings(
    (
        Opening(ipaddress.ip_network("0.0.0.0/0"), http=True, ports=frozenset({25})),
        Opening(ipaddress.ip_network("::/0"), http=True, ports=frozenset({25})),
    )
)
"""The widest that anybody could open by mistake."""
NEVER = {
    "0.0.0.0": "unspecified",  # noqa: S104 - to be refused
    "0.1.2.3": "unspecified",
    "169.254.169.254": "link-local",
    "169.254.170.2": "link-local",
    "169.254.0.1": "link-local",
    "100.100.100.200": "metadata",
    "192.0.0.192": "metadata",
    "192.0.0.8": "reserved",
    "168.63.129.16": "metadata",
    "192.88.99.1": "6to4",
    "224.0.0.1": "multicast",
    "239.255.255.250": "multicast",
    "240.0.0.1": "reserved",
    "255.255.255.255": "broadcast",
    "[::]": "unspecified",
    "[::ffff:127.0.0.1]": "mapped",
    "[::ffff:7f00:1]": "mapped",
    "[0:0:0:0:0:ffff:169.254.169.254]": "mapped",
    "[::ffff:8.8.8.8]": "mapped",
    "[::ffff:0:127.0.0.1]": "translated",
    "[::127.0.0.1]": "compatible",
    "[::7f00:1]": "compatible",
    "[::2]": "compatible",
    "[64:ff9b::127.0.0.1]": "NAT64",
    "[64:ff9b::a9fe:a9fe]": "NAT64",
    "[64:ff9b:1::a00:1]": "NAT64",
    "[2001:0:4136:e378:8000:63bf:3fff:fdd2]": "Teredo",
    "[2001::1]": "Teredo",
    "[2002:7f00:1::]": "6to4",
    "[2002:a9fe:a9fe::1]": "6to4",
    "[2606:4700::5efe:127.0.0.1]": "ISATAP",
    "[2606:4700::200:5efe:a00:1]": "ISATAP",
    "[fe80::1]": "link-local",
    "[febf::1]": "link-local",
    "[fec0::1]": "site-local",
    "[ff02::1]": "multicast",
    "[fd00:ec2::254]": "metadata",
    "[fd20:ce::254]": "metadata",
    "[100::1]": "discarded",
}
"""Refused whatever is opened."""
UNLESS_OPENED = {
    "127.0.0.1": "this machine",
    "127.1.2.3": "this machine",
    "127.255.255.254": "this machine",
    "10.0.0.1": "private",
    "10.255.255.255": "private",
    "172.16.0.1": "private",
    "172.31.255.255": "private",
    "192.168.0.1": "private",
    "100.64.0.1": "CGNAT",
    "100.127.255.255": "CGNAT",
    "192.0.2.1": "documentation",
    "198.51.100.1": "documentation",
    "203.0.113.1": "documentation",
    "198.18.0.1": "benchmarks",
    "198.19.255.255": "benchmarks",
    "[::1]": "this machine",
    "[0:0:0:0:0:0:0:1]": "this machine",
    "[fc00::1]": "private",
    "[fd12:3456::1]": "private",
    "[2001:db8::1]": "documentation",
    "[3fff::1]": "documentation",
    "[2001:20::1]": "reserved",
    "[4000::1]": "reserved",
    "[5f00::1]": "reserved",
}
"""Refused unless the settings open their network."""
FORMS = {
    "2130706433": "another form",
    "0x7f000001": "another form",
    "0x7f.0.0.1": "another form",
    "0x7F.0x0.0x0.0x1": "another form",
    "017700000001": "another form",
    "0177.0.0.1": "another form",
    "127.0.0.01": "another form",
    "127.1": "another form",
    "127.0.1": "another form",
    "127.0.0.1.": "another form",
    "0": "another form",
    "0x": "another form",
    "hooks.example.0x7f": "another form",
    "1.2.3.4.5": "another form",
    "256.0.0.1": "another form",
    "2852039166": "another form",
    "0xa9fea9fe": "another form",
    "0251.0376.0251.0376": "another form",
    "127.0.0.1%2f": "with '%'",
    "%31%32%37.0.0.1": "with '%'",
    "[fe80::1%25eth0]": "with '%'",
    "[::1": "host or port",
    "::1": "host or port",
    "[127.0.0.1]": "no address of IPv6",
    "[1::2::3]": "no address of IPv6",
    "": "host or port",
    ".": "no name",
    "a..b": "no name",
    "-a.example": "no name",
    "localhost.": "no name",
    "a" * 64 + ".example": "no name",
    "hooks.example:0": "host or port",
    "hooks.example:": "host or port",
    "hooks.example:65536": "its port",
    "hooks.example:99999": "its port",
    "hooks.example:443:443": "host or port",
    "user@hooks.example": "a user",
    "user:secret@hooks.example": "a user",
    "hooks.example@127.0.0.1": "a user",
    "@hooks.example": "a user",
}
"""Hosts that are no name and no address as one is usually written."""
TEXTS = {
    "": "the form",
    "hooks.example": "the form",
    "//hooks.example/": "the form",
    "https:/hooks.example/": "the form",
    "https:hooks.example": "the form",
    "https:///hooks.example": "host or port",
    "file:///etc/passwd": "neither https nor http",
    "gopher://127.0.0.1:25/_HELO": "neither https nor http",
    "ftp://hooks.example/": "neither https nor http",
    "javascript://hooks.example/%0aalert(1)": "neither https nor http",
    "https://hooks.example/#part": "fragment",
    "https://hooks.example\\@127.0.0.1/": "plain characters",
    "https://hooks.example/a b": "plain characters",
    " https://hooks.example/": "plain characters",
    "https://hooks.example/\r\nX-Evil: 1": "plain characters",
    "https://hooks.example/\x00": "plain characters",
    "https://ｌｏｃａｌｈｏｓｔ/": "plain characters",
    "https://①②⑦.⓪.⓪.①/": "plain characters",
    "https://127。0。0。1/": "plain characters",
    "https://银行.example/": "plain characters",
    "https://hooks.example/" + "a" * 500: "plain characters",
}
IN_THE_WORLD = [
    "8.8.8.8",
    "1.1.1.1",
    "223.5.5.5",
    "[2606:4700::1111]",
    "[2400:3200::1]",
]


def refused(url: str, openings: Openings = SHUT) -> str:
    with pytest.raises(WebhookUrlError) as told:
        check_place(place_of(url), openings)
    return str(told.value)


class TestAddresses:
    def test_are_many(self) -> None:
        assert len(NEVER) + len(UNLESS_OPENED) > 60

    @pytest.mark.parametrize(("host", "why"), NEVER.items())
    @pytest.mark.parametrize("openings", [SHUT, WIDE], ids=["shut", "wide"])
    def test_are_refused_whatever_is_opened(
        self, host: str, why: str, openings: Openings
    ) -> None:
        assert why in refused(f"https://{host}/", openings)

    @pytest.mark.parametrize(("host", "why"), UNLESS_OPENED.items())
    def test_are_refused_unless_they_are_opened(self, host: str, why: str) -> None:
        assert why in refused(f"https://{host}/")
        check_place(place_of(f"https://{host}/"), WIDE)

    @pytest.mark.parametrize("host", IN_THE_WORLD)
    def test_in_the_world_are_taken_over_https_alone(self, host: str) -> None:
        for port in ("", ":443", ":8443"):
            check_place(place_of(f"https://{host}{port}/hooks?a=1"), SHUT)
        assert "https alone" in refused(f"http://{host}/")

    @pytest.mark.parametrize("port", [1, 22, 25, 80, 3306, 5432, 6379, 8080, 11211])
    def test_are_told_on_no_odd_port(self, port: int) -> None:
        assert f"port {port}" in refused(f"https://8.8.8.8:{port}/")
        assert f"port {port}" in refused(f"https://hooks.example:{port}/")

    def test_of_an_opened_network_are_told_as_it_says(self) -> None:
        def why(host: str, scheme: str, port: int) -> str | None:
            address = ipaddress.ip_address(host)
            return refusal(address, scheme=scheme, port=port, openings=narrow)

        network = ipaddress.ip_network("10.20.0.0/16")
        narrow = Openings((Opening(network, ports=frozenset({9000})),))
        assert why("10.20.1.2", "https", 443) is None
        assert why("10.20.1.2", "https", 9000) is None
        assert "https alone" in str(why("10.20.1.2", "http", 9000))
        assert "not opened" in str(why("10.20.1.2", "https", 22))
        assert "private" in str(why("10.21.1.2", "https", 443))
        # A port of one network is none of another's.
        assert "not opened" in str(why("8.8.8.8", "https", 9000))


class TestForms:
    @pytest.mark.parametrize(("host", "why"), FORMS.items())
    @pytest.mark.parametrize("openings", [SHUT, WIDE], ids=["shut", "wide"])
    def test_of_a_host_that_may_be_read_in_two_ways_are_refused(
        self, host: str, why: str, openings: Openings
    ) -> None:
        told = refused(f"https://{host}/", openings)
        assert why in told
        assert "secret" not in told

    @pytest.mark.parametrize(("url", "why"), TEXTS.items())
    def test_of_a_url_that_is_none_are_refused(self, url: str, why: str) -> None:
        assert why in refused(url, WIDE)

    def test_that_the_system_would_read_as_this_machine_are_among_them(self) -> None:
        # The system's own reading: why these forms are refused at all.
        for host in ("2130706433", "0x7f000001", "017700000001", "127.1", "0177.0.0.1"):
            assert socket.inet_ntoa(socket.inet_aton(host)) == "127.0.0.1"
            assert host in FORMS

    def test_have_one_form_of_each_place(self) -> None:
        for url in ("HTTPS://Hooks.Example:443", "https://hooks.example/"):
            assert place_of(url).url == "https://hooks.example/"
        assert place_of("https://[2606:4700:0::1111]:8443/a?b=c").url == (
            "https://[2606:4700::1111]:8443/a?b=c"
        )

    def test_of_names_are_checked_when_they_are_told(self) -> None:
        check_place(place_of("https://localhost/"), SHUT)
        assert "http is opened for no" in refused("http://localhost/")
