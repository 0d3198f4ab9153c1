# METADATA
# title: The home node's rule, one word of a whole mandate spoilt at a time
package entente.ask_test

# METADATA
# title: A whole mandate
whole := data.vectors["ask: whole"].input

# METADATA
# title: It may ask
test_whole if {
	decision := data.entente.ask.decision with input as whole
	decision.allow
	decision.reasons == []
}

# METADATA
# title: Nothing at all is denied
test_nothing if {
	decision := data.entente.ask.decision with input as {}
	not decision.allow
	decision.reasons == ["POLICY"]
}

# METADATA
# title: Each part of the mandate is needed, and needs its type
test_each_part_is_needed if {
	every part in ["purpose", "legal_basis", "subject_category", "opened_at", "expires_at"] {
		spoilt := {key: value | some key, value in whole.mandate; key != part}
		changed := {key: object.get({"mandate": spoilt}, key, value) | some key, value in whole}
		decision := data.entente.ask.decision with input as changed
		not decision.allow
	}
}
