package org.openingminute.gateway.observation;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;

/** Gives tests in other packages access to the times of requests. */
public final class TestTimes {

    private TestTimes() {}

    public static RequestTimes ofNobody() {
        return new RequestTimes(new SimpleMeterRegistry(), new RouteAsUri());
    }
}
