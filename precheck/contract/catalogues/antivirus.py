"""Which antivirus products there are, and by what signs each OS shows them.

Names are labels: on Windows the Security Center decides whether something protects, whoever made
it. A product is recognised by its whole name, never by a part of it.
"""

from collections.abc import Iterator
from datetime import date
from enum import StrEnum
from typing import Annotated

import msgspec

from precheck.contract.catalogues.names import ensure_distinct, same_name, without_version

Word = Annotated[str, msgspec.Meta(min_length=1, max_length=120)]
Words = tuple[Word, ...]
ProductId = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9_]{1,40}$")]


class Kind(StrEnum):
    """What sort of product it is; offices decide by this and the edition."""

    ANTIVIRUS = "antivirus"
    EDR = "edr"
    """Endpoint detection and response, on devices that an organisation manages."""
    DEFENDER = "defender"
    CLAMAV = "clamav"
    XPROTECT = "xprotect"
    REBRAND = "rebrand"
    """Another maker's product under the name of a provider."""


class Edition(StrEnum):
    """How it is sold in Japan."""

    BUNDLED = "bundled"
    """Comes with the OS, or is part of a contract."""
    FREE = "free"
    PAID = "paid"
    MIXED = "mixed"
    """Free and paid editions that the product's name alone does not tell apart."""


class Windows(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Signs on Windows. `names` are those that the Security Center shows, whatever the edition;
    `paid_names` and `free_names` are those of one edition, there or in the list of installed
    programs. `service_prefixes` are for services with a version in their name; `weak_executables`
    need a second sign.

    `edition` is how what the Security Center shows is sold, where that differs.
    """

    edition: Edition | None = None
    names: Words = ()
    paid_names: Words = ()
    free_names: Words = ()
    services: Words = ()
    service_prefixes: Words = ()
    executables: Words = ()
    weak_executables: Words = ()
    paths: Words = ()


class Macos(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Signs on macOS. `team_ids` are Apple's ids of the maker, `system_extensions` and `launchd`
    bundle ids."""

    apps: Words = ()
    team_ids: Words = ()
    system_extensions: Words = ()
    launchd: Words = ()
    launchd_prefixes: Words = ()
    bundle_ids: Words = ()
    processes: Words = ()
    paths: Words = ()


class Linux(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Signs on Linux. `weak_processes` count only where one of `paths` is there too.

    `edition` is how it is sold for Linux, where that differs. `service_protects` is False where
    the service may run without guarding files: as a scanner on demand, with that part not set up,
    or on a kernel that it does not know.
    """

    edition: Edition | None = None
    processes: Words = ()
    weak_processes: Words = ()
    units: Words = ()
    paths: Words = ()
    service_protects: bool = True


class Product(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One product. `label` is what people in Japan know it as.

    `definitions` is False for one that works without definitions that could be out of date.
    """

    id: ProductId
    label: Word
    kind: Kind
    edition: Edition
    definitions: bool = True
    windows: Windows | None = None
    macos: Macos | None = None
    linux: Linux | None = None


class AntivirusProducts(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """All known products, as of a day."""

    as_of: date
    products: tuple[Product, ...]

    def __post_init__(self) -> None:
        ensure_distinct("id", (item.id for item in self.products))
        ensure_distinct(
            "Windows name", (name for item in self.products for name in windows_names(item))
        )

    def by_windows_name(self, name: str) -> Product | None:
        """The product that the Windows Security Center shows under exactly `name`, but for a
        version at its end."""
        for wanted in (same_name(name), same_name(without_version(name))):
            for product in self.products:
                if any(same_name(known) == wanted for known in windows_names(product)):
                    return product
        return None

    def for_windows(self) -> Iterator[tuple[Product, Windows]]:
        """The products that exist for Windows, each with its signs there."""
        for product in self.products:
            if product.windows is not None:
                yield product, product.windows

    def for_macos(self) -> Iterator[tuple[Product, Macos]]:
        """The products that exist for macOS, each with its signs there."""
        for product in self.products:
            if product.macos is not None:
                yield product, product.macos

    def for_linux(self) -> Iterator[tuple[Product, Linux]]:
        """The products that exist for Linux, each with its signs there."""
        for product in self.products:
            if product.linux is not None:
                yield product, product.linux


def windows_names(product: Product) -> Words:
    """The names under which Windows shows `product`, in any edition."""
    signs = product.windows
    return () if signs is None else (*signs.names, *signs.paid_names, *signs.free_names)
