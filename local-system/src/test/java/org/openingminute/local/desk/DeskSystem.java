package org.openingminute.local.desk;

import java.util.Arrays;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.openingminute.local.fixture.SystemFixture;
import org.openingminute.local.fixture.SystemFixture.Running;

/**
 * Gives the tests of this package the system that all tests with the tag {@code measured} share, or in full proofs a system of their own.
 */
final class DeskSystem implements ParameterResolver {

    /** Whether the full proofs run. */
    static final boolean FULL = "full".equals(System.getProperty("proofs"));

    private final SystemFixture shared = new SystemFixture();

    /** The sizes of measured conferences in registrations; {@code -Ddesk.sizes=50000} sets other sizes. */
    static Stream<Integer> sizes() {
        return Arrays.stream(System.getProperty("desk.sizes", "50000,1000000").split(",", -1))
                .map(Integer::valueOf);
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return shared.supportsParameter(parameter, context);
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return FULL
                ? context.getRoot()
                        .getStore(ExtensionContext.Namespace.create(DeskSystem.class))
                        .computeIfAbsent(Running.class, _ -> Running.start(Map.of()), Running.class)
                : shared.resolveParameter(parameter, context);
    }
}
