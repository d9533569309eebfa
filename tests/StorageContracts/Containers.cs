using Platform.Testing.Containers;

// one of each for the assembly, started by the first test that asks for it
[assembly: AssemblyFixture(typeof(MongoContainer))]
