"""The tests of Entente: unit, property, conformance and flow."""
