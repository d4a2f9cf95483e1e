@main struct Sim { static func main() {} }
