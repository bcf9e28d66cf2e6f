/*
Package council is TODO.
*/
package council
