"""Compile every kernel once into numba's cache: a toy zone for two years. `python -m sim.warm`; not needed for correctness."""
from sim.scenario import load
from sim.simulation import Simulation


def main():
    run = Simulation(load("four-instruments"), households=2000, threads=1)
    run.step()
    run.step()
    run.close()


if __name__ == "__main__":
    main()
