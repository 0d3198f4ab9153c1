"""Every tie and every measure has words in every language; what records say is put in as it is."""

import pytest

from sharing.labels import of_identifier, of_property, of_schema
from sharing.measures import measured
from sharing.network import Tie, woven
from sharing.network_words import of_measure, of_player, of_ties
from sharing.wording import Language
from tests.sharing.test_network import ONTOLOGY, claim

NAMES = ["{other}", "B\u202eb", "C"]


@pytest.mark.parametrize("language", list(Language))
def test_each_kind_of_tie_is_a_sentence(language: Language) -> None:
    phone = [("phone", "+46701740605")]
    links = [claim(f"fr.a/l{n}", "UnknownLink", subject="1", object="2") for n in range(34)]
    network = woven(
        [claim("fr.a/1"), claim("fr.a/2", identifiers=phone), claim("se.b/3", identifiers=phone), *links],
        [],
        ONTOLOGY,
    )
    record, shared = of_ties(network.edges, NAMES, language)
    assert "34" in record
    assert record.index("{other}") < record.index("B\u202eb")
    assert f"{of_identifier('phone', language)} +46701740605" in shared
    references = woven([claim("fr.a/1", "Seizure", container="2"), claim("fr.a/2")], [], ONTOLOGY)
    (told,) = of_ties(references.edges, NAMES, language)
    assert references.edges[0].tie is Tie.REFERENCE
    assert of_property("container", language) in told
    measures = measured(network)
    told = of_measure("B", measures.of[1], 3, language)
    assert "2" in told
    assert "100" in told
    assert "1" in of_player("B", measures.players[0], language)


def test_the_languages_differ_and_an_unknown_link_is_named() -> None:
    claims = [claim("fr.a/1"), claim("fr.a/2"), claim("fr.a/l", "Succession", subject="1", object="2")]
    ontology = type(ONTOLOGY)({"Succession": ("subject", "object")}, {})
    edges = woven(claims, [], ontology).edges
    told = {language: of_ties(edges, NAMES, language) for language in Language}
    assert len(set(told.values())) == len(Language)
    assert all(of_schema("Succession", language) in sentence for language, (sentence,) in told.items())
