import ArgumentParser

@main
struct Chappe: AsyncParsableCommand {}
