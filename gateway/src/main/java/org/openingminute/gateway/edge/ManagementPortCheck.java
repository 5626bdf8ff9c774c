package org.openingminute.gateway.edge;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;

/** Keeps metrics and probes off the public port. */
@Component
class ManagementPortCheck {

    ManagementPortCheck(
            @Value("${server.port}") int publicPort, @Value("${management.server.port}") int managementPort) {
        if (publicPort == managementPort && publicPort != 0) {
            throw new IllegalStateException("MANAGEMENT_PORT must differ from SERVER_PORT");
        }
    }
}
