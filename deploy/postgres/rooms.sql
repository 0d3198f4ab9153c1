-- One database for each room that keeps something; installing.md makes the same by hand.
CREATE DATABASE entente_records;
CREATE DATABASE entente_sharing;
CREATE DATABASE entente_audit;
CREATE DATABASE entente_oversight;
CREATE DATABASE entente_witness;
CREATE DATABASE entente_quota;
