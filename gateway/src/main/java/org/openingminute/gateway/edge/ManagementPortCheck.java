package org.openingminute.gateway.edge;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;

/** Figures and probes must not be reachable through the public port. */
@Component
class ManagementPortCheck {

    ManagementPortCheck(
            @Value("${server.port}") int publicPort, @Value("${management.server.port}") int managementPort) {
        if (publicPort == managementPort && publicPort != 0) {
            throw new IllegalStateException("MANAGEMENT_PORT has to differ from SERVER_PORT");
        }
    }
}
