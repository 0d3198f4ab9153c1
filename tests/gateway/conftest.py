"""Identity providers that no one here wrote, each started once for a run; what is missing fails, by name."""

from collections.abc import Iterator

import pytest

from tests import components
from tests.gateway.canaille import Canaille, canaille
from tests.gateway.keycloak import Server, keycloak
from tests.gateway.outside_provider import ADDRESS, NATIVE_PORT, PEOPLE


@pytest.fixture(scope="session")
def canaille_provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Canaille]:
    try:
        python = components.idp_python()
    except components.ComponentMissingError as missing:
        pytest.fail(str(missing), pytrace=False)
    folder = tmp_path_factory.mktemp("canaille")
    native = f"http://127.0.0.1:{NATIVE_PORT}/callback"
    with canaille(python, folder, PEOPLE, f"{ADDRESS}/auth/callback", native) as running:
        yield running


@pytest.fixture(scope="session")
def keycloak_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    try:
        home = components.keycloak_home()
    except components.ComponentMissingError as missing:
        pytest.fail(str(missing), pytrace=False)
    with keycloak(home, tmp_path_factory.mktemp("keycloak")) as running:
        yield running
