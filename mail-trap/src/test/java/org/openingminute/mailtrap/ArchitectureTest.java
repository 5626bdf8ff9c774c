package org.openingminute.mailtrap;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import org.openingminute.kit.testing.StructureRules;

@AnalyzeClasses(packages = "org.openingminute.mailtrap", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {

    @ArchTest
    static final ArchRule mail_trap_keeps_the_structure_of_every_module =
            StructureRules.of("org.openingminute.mailtrap");
}
