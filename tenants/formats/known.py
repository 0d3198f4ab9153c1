"""The formats that there are."""

from collections.abc import Mapping

from tenants.formats.case_bundle import CaseBundle
from tenants.formats.chart_tables import ChartTables
from tenants.formats.ftm_lines import FtmLines
from tenants.formats.geo_json import GeoJson
from tenants.formats.misp_event import MispEvent
from tenants.formats.networkx_graphs import Gexf, Graphml
from tenants.formats.port import Codec, Format
from tenants.formats.stix_bundle import StixBundle
from tenants.model import EntityModel


def codecs(model: EntityModel) -> Mapping[Format, Codec]:
    """Every codec, for records of `model`."""
    graphs = Graphml(model), Gexf(model), ChartTables(model)
    bundles = StixBundle(model), MispEvent(model), CaseBundle(model)
    made: tuple[Codec, ...] = (FtmLines(), *graphs, *bundles, GeoJson())
    return {each.format: each for each in made}
