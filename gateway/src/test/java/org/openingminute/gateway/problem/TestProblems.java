package org.openingminute.gateway.problem;

import org.openingminute.gateway.GatewaySettings;
import tools.jackson.databind.json.JsonMapper;

/** A writer of problems for tests in other packages. */
public final class TestProblems {

    private TestProblems() {}

    public static ProblemWriter writer() {
        return new ProblemWriter(JsonMapper.shared(), TestPages.of(GatewaySettings.Mode.DEPLOYED));
    }
}
