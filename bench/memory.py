from bench.ground import Ground


def run(ground: Ground):
    return iter([])
