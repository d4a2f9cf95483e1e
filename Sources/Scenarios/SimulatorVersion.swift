/// The version of the simulator; it is part of what a run is a function of.
public let simulatorVersion = "0.2.0"
