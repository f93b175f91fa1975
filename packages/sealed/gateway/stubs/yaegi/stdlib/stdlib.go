// Package stdlib stands for tables of Go's library for interpreted plugins, of which there are none.
package stdlib

import "reflect"

// Symbols is empty.
var Symbols = map[string]map[string]reflect.Value{}
