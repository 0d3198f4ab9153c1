"""What is asked, as far as the law needs to know it: never the search text or the identifier itself."""

from dataclasses import dataclass, field

from policy.mandate import digest_of
from policy.terms import Operation


@dataclass(frozen=True, slots=True)
class Question:
    """One question to one node.

    `document` is the trusted document's `sha256:<hex>`. Empty `schemata` or `datasets` mean all.
    `fields` are the property names asked for; `("*",)` means all. `arguments_digest` binds the variables
    (`sha256:<hex>`), so that a permit for one question never serves another.
    """

    operation: Operation
    document: str
    arguments_digest: str
    schemata: tuple[str, ...] = ()
    datasets: tuple[str, ...] = ()
    fields: tuple[str, ...] = ("*",)
    digest: str = field(init=False, repr=False, compare=False)
    """`sha256:<hex>` of all other fields."""

    def __post_init__(self) -> None:
        told = (
            self.operation,
            self.document,
            self.arguments_digest,
            self.schemata,
            self.datasets,
            self.fields,
        )
        object.__setattr__(self, "digest", digest_of(told))
