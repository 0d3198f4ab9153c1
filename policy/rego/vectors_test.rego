# METADATA
# title: Every conformance vector gives its decision, and every rule has a code
package entente.vectors_test

# METADATA
# title: The decision that a vector's rule gives on its input
decided(vector) := decision if {
	vector.rule == "ask.decision"
	decision := data.entente.ask.decision with input as vector.input
}

# METADATA
# title: The same for an answer
decided(vector) := decision if {
	vector.rule == "answer.decision"
	decision := data.entente.answer.decision with input as vector.input
}

# METADATA
# title: The same for oversight
decided(vector) := decision if {
	vector.rule == "oversee.decision"
	decision := data.entente.oversee.decision with input as vector.input
}

# METADATA
# title: Nothing but the revision may differ
test_vectors if {
	every vector in data.vectors {
		decision := decided(vector)
		every key, value in vector.decision { decision[key] == value }
		count(decision) == count(object.keys(vector.decision) | {"revision"})
	}
}

# METADATA
# title: The vectors are there
test_there_are_vectors if count(data.vectors) > 40

# METADATA
# title: A rule id without a public code would refuse without a reason
test_every_rule_has_a_code if {
	every vector in data.vectors {
		every rule, _ in vector.decision.rules { is_string(data.law.reasons[rule]) }
	}
}
