package org.openingminute.gateway.observation;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;

/** The times of requests for tests in other packages. */
public final class TestTimes {

    private TestTimes() {}

    public static RequestTimes ofNobody() {
        return new RequestTimes(new SimpleMeterRegistry(), new RouteAsUri());
    }
}
