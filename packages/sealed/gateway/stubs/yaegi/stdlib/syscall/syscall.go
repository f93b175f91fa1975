// Package syscall stands for tables of Go's library for interpreted plugins, of which there are none.
package syscall

import "reflect"

// Symbols is empty.
var Symbols = map[string]map[string]reflect.Value{}
