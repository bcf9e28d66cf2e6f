/*
Package access answers, for every contract of the network, who may act: the
holder of an account, the controller of an identifier, the owner of the
contracts. It also guards upgrades. It compiles into each contract that uses it.
*/
package access
