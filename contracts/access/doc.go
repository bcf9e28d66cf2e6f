/*
Package access answers, for every contract of the network, who may act: the
holder of an account, the controller of an identifier, the owner of the
contracts, which is the contract council. It also guards upgrades, and keeps
what the council's emergency stop stops. It compiles into each contract that uses it.
*/
package access
