/*
Package ballot is TODO.
*/
package ballot
