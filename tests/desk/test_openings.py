"""Networks are opened by the settings of a home as they say, or its file has faults."""

import ipaddress
from pathlib import Path

import pytest

from xiaowei.desk.openings import Opening, Openings
from xiaowei.desk.settings import FILE, SettingsError, settings_of

STATED = """
webhooks:
  ca: bank-ca.pem
  networks:
    - {network: 10.20.0.0/16}
    - {network: 'fd12::/16', http: true, ports: [8080, 9000]}
"""


def read(root: Path, text: str) -> Openings:
    (root / FILE).write_text(text, encoding="utf-8")
    return settings_of(root).webhooks


class TestOpenings:
    def test_are_none_unless_they_are_stated(self, tmp_path: Path) -> None:
        assert settings_of(tmp_path).webhooks == Openings()
        assert read(tmp_path, "production: false") == Openings()
        assert read(tmp_path, "webhooks:") == Openings()
        assert read(tmp_path, "webhooks: {}") == Openings()

    def test_are_as_they_are_stated(self, tmp_path: Path) -> None:
        first = Opening(ipaddress.ip_network("10.20.0.0/16"))
        ports = frozenset({8080, 9000})
        second = Opening(ipaddress.ip_network("fd12::/16"), http=True, ports=ports)

        found = read(tmp_path, STATED)
        assert found == Openings((first, second), tmp_path / "bank-ca.pem")
        assert found.of(ipaddress.ip_address("10.20.3.4")) == (first,)
        assert found.of(ipaddress.ip_address("10.21.3.4")) == ()
        assert found.of(ipaddress.ip_address("fd12::1")) == (second,)

    @pytest.mark.parametrize(
        ("text", "why"),
        [
            ("webhooks: 10.0.0.0/8", "none but these keys"),
            ("webhooks: {network: 10.0.0.0/8}", "none but these keys: ca, networks"),
            ("webhooks: {networks: 10.0.0.0/8}", "is no list"),
            ("webhooks: {networks: [10.0.0.0/8]}", "http, network, ports"),
            ("webhooks: {networks: [{http: true}]}", "'None' is no network"),
            ("webhooks: {networks: [{network: everything}]}", "'everything' is no"),
            ("webhooks: {networks: [{network: 10.1.2.3/8}]}", "'10.1.2.3/8' is no"),
            (
                "webhooks: {networks: [{network: 10.0.0.0/8, http: 'yes'}]}",
                "'http' of 10.0.0.0/8",
            ),
            (
                "webhooks: {networks: [{network: 10.0.0.0/8, ports: ['80']}]}",
                "'ports' of 10.0.0.0/8",
            ),
            (
                "webhooks: {networks: [{network: 10.0.0.0/8, ports: [true]}]}",
                "'ports' of 10.0.0.0/8",
            ),
            (
                "webhooks: {networks: [{network: 10.0.0.0/8, ports: [65536]}]}",
                "'ports' of 10.0.0.0/8",
            ),
            ("webhooks: {ca: 1}", "'webhooks.ca' is no text"),
        ],
    )
    def test_with_a_fault_are_refused_whole(
        self, tmp_path: Path, text: str, why: str
    ) -> None:
        with pytest.raises(SettingsError, match=why):
            read(tmp_path, text)
