package org.openingminute.messaging;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import org.openingminute.kit.testing.FaultRules;
import org.openingminute.kit.testing.StructureRules;

@AnalyzeClasses(packages = "org.openingminute.messaging", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

    @ArchTest
    static final ArchRule no_log_quotes_an_exception = FaultRules.except("Migrations", "RelayRun");

    @ArchTest
    static final ArchRule messaging_keeps_the_structure_of_every_module =
            StructureRules.of("org.openingminute.messaging");
}
