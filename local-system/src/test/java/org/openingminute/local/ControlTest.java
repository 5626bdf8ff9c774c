package org.openingminute.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.openingminute.local.Settings.Ports;

class ControlTest {

    @Test
    void the_port_is_free_again_when_it_was_closed() throws Exception {
        Ports ports = TestSystems.freePorts();
        for (int round = 0; round < 2000; round++) {
            try (Control control = Control.open(ports, words -> List.of("round"))) {
                assertThat(Control.send(ports, "status")).contains(List.of("round"));
            }
        }
    }
}
