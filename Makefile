# Each target is a line that calls scripts/; what it does is written there.

run:     ; scripts/run
test:    ; scripts/test
build:   ; scripts/build
format:  ; scripts/format
lint:    ; scripts/lint
bench:   ; scripts/bench
soak:    ; scripts/soak
package: ; scripts/package

.PHONY: run test build format lint bench soak package
