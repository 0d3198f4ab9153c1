"""`python -m gateway.graphql.print_schemas` writes the golden schema files anew."""

from pathlib import Path

from gateway.graphql.analyst import analyst_schema
from gateway.graphql.federation import federation_schema

HERE = Path(__file__).parent


def schemas() -> dict[Path, str]:
    """Each golden file and what it should hold."""
    return {
        HERE / "schema.graphql": f"{analyst_schema().as_str()}\n",
        HERE / "federation.graphql": f"{federation_schema().as_str()}\n",
    }


def main() -> None:
    """Write both."""
    for path, text in schemas().items():
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
