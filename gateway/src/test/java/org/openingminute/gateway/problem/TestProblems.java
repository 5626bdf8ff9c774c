package org.openingminute.gateway.problem;

import org.openingminute.gateway.GatewaySettings;
import org.openingminute.gateway.TestSettings;
import tools.jackson.databind.json.JsonMapper;

/** A writer of problems for tests in other packages. */
public final class TestProblems {

    private TestProblems() {}

    public static ProblemWriter writer() {
        return new ProblemWriter(JsonMapper.shared(), new Pages(TestSettings.of(GatewaySettings.Mode.DEPLOYED)));
    }
}
