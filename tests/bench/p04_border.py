from tests.bench.figure import Figure, NotMeasuredError
def measure(bench):
    raise NotMeasuredError("being built")
FIGURE = Figure("P4", "04_border", measure)
