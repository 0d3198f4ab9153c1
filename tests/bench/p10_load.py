from tests.bench.figure import Figure, NotMeasuredError
def measure(bench):
    raise NotMeasuredError("being built")
FIGURE = Figure("P10", "10_load", measure)
