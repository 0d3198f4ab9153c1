"""Words from which ordinary people, companies, ships and towns are put together; none is the story's."""

GIVEN = (
    "Adèle", "Aïcha", "Agnieszka", "Albin", "Alma", "Amélie", "Anaïs", "André", "Anouk", "Arvid", "Astrid", "Benoît",
    "Berit", "Camille", "Cédric", "Chloé", "Clément", "Dalia", "Désirée", "Ebba", "Élodie", "Elif", "Emil", "Esther",
    "Eszter", "Fatima", "Félix", "Frédéric", "Gunilla", "Gustav", "Hanna", "Hélène", "Håkan", "Inès", "Ingrid", "Ivan",
    "Jérôme", "Joëlle", "Jörgen", "Julie", "Kjell", "Kristýna", "Leïla", "Lennart", "Lotta", "Lucía", "Luís", "Maëlle",
    "Magnus", "Malin", "Mamadou", "Marek", "Margaux", "Märit", "Mehdi", "Mikaël", "Mireille", "Nils", "Noémie", "Olof",
    "Oskar", "Pål", "Pascal", "Pernilla", "Quentin", "Rasmus", "Renée", "Saïd", "Sébastien", "Signe", "Solène", "Stina",
    "Tomáš", "Torbjörn", "Ulla", "Valérie", "Viktor", "Wiktor", "Yann", "Zoé",
)  # fmt: skip
FAMILY = (
    "Abergel", "Ahlgren", "Allard", "Andersson", "Arnaud", "Bakke", "Barbier", "Beaumont", "Benali", "Bergqvist",
    "Besnard", "Björklund", "Blomqvist", "Bonnet", "Bouchard", "Boström", "Carlier", "Castel", "Chevalier", "Claesson",
    "Cordier", "Dahlgren", "Delaunay", "Diallo", "Dubois", "Duval", "Edlund", "Ekström", "Engström", "Fabre", "Faure",
    "Fjellman", "Forsberg", "Fournier", "Gauthier", "Girard", "Granlund", "Grönberg", "Guérin", "Håkansson", "Hallberg",
    "Hedlund", "Henry", "Holm", "Isaksson", "Jacquet", "Jansson", "Joly", "Kowalski", "Lacroix", "Lambert", "Larsson",
    "Lefèvre", "Leroy", "Lindqvist", "Lindström", "Lundgren", "Maillard", "Månsson", "Marchand", "Mercier", "Moreau",
    "Möller", "Nadeau", "Norberg", "Nyström", "Öberg", "Olivier", "Pelletier", "Perrin", "Petit", "Renaud", "Rivière",
    "Rosén", "Sandberg", "Schmitt", "Sjöberg", "Söderlund", "Tessier", "Vidal", "Wallin", "Wiklund", "Zetterberg",
)  # fmt: skip
COMPANY_WORDS = (
    "Albatros", "Amiral", "Azur", "Balise", "Bastion", "Brume", "Cabestan", "Corail", "Delta", "Dune", "Écume",
    "Falaise", "Fjord", "Galet", "Granit", "Grève", "Havsbris", "Horizon", "Klippa", "Lagune", "Måsen", "Mistral",
    "Nacre", "Nordan", "Opale", "Phare", "Pilot", "Récif", "Sextant", "Skär", "Solvik", "Sund", "Tempête", "Tramontane",
    "Våg", "Vigie", "Zénith",
)  # fmt: skip
COMPANY_FORMS = ("SARL", "SAS", "AB", "HB", "UAB", "Ltd", "GmbH", "BV")
TOWNS = (
    "Arvika", "Bayeux", "Borås", "Caen", "Dieppe", "Eslöv", "Falun", "Givet", "Honfleur", "Kalmar", "Lisieux", "Luleå",
    "Mora", "Nyköping", "Quimper", "Redon", "Säffle", "Trouville", "Umeå", "Vannes", "Ystad", "Yvetot",
)  # fmt: skip
