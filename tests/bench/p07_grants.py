from tests.bench.figure import Figure, NotMeasuredError
def measure(bench):
    raise NotMeasuredError("being built")
FIGURE = Figure("P7", "07_grants", measure)
