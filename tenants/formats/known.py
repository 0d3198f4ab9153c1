"""The formats that there are."""

from collections.abc import Mapping

from tenants.formats.chart_tables import ChartTables
from tenants.formats.ftm_lines import FtmLines
from tenants.formats.networkx_graphs import Gexf, Graphml
from tenants.formats.port import Codec, Format
from tenants.model import EntityModel


def codecs(model: EntityModel) -> Mapping[Format, Codec]:
    """Every codec, for records of `model`."""
    made: tuple[Codec, ...] = (FtmLines(), Graphml(model), Gexf(model), ChartTables(model))
    return {each.format: each for each in made}
